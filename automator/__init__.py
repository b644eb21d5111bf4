"""automator: mail, reminders, invoices and agenda of a small firm, in one daily digest."""

__version__ = "0.1.0"
