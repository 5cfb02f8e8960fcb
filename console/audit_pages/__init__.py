"""Pages of the audit trail. Apart from `console.audit`, which every list needs to record what it stores."""
