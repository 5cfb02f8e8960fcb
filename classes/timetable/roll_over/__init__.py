"""End-of-year roll-over (学年升级): promote groups, archive leavers, copy courses; with preview and undo."""
