"""The agenda (日程): a person's to-dos and running periods, deputies, the calendar address, the department's office system."""
