"""OneRoster (1.1 and 1.2): people, groups and terms from the school's student information system.

archive    a zip of CSV files → RosterData       translation   RosterData → rows of an import
plan       groups and terms against the console  people        people against the console
writing · undo                                   import_type   all of it, as declared to console.imports
"""
