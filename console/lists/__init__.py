"""Lists: columns, order, density and saved views. Each list declares a `ListTable`; see `tables`."""
