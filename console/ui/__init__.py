"""Building blocks of pages: template tags, badges, assets and QR codes."""
