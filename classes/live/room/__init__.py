"""Actions in a running lesson: call missing people, add or remove people, admit visitors."""
