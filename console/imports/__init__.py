"""Import files of rows: upload, mapping of columns, preview, apply, undo. Apps declare an `ImportType`."""
