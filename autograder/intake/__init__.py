"""What instructors have, read as each platform lays it out: the places of submissions, and who is in the class."""
