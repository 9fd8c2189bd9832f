"""People behind the bot: handoffs, tickets, support hours, briefs."""
