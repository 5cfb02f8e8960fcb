"""The database backend (`base`), and the settings that hold for one transaction (`transaction_settings`)."""
