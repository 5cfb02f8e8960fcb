"""What groups of students mean to lessons: who came by which, and what a change of a group does to them."""
