"""What is made out of the project to be given away, and the checks of it."""
