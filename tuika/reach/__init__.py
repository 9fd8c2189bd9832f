"""Ways to reach a buyer who left: adapters of :class:`tuika.refunds.reach.Messenger`."""
