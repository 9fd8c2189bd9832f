"""Ways money goes back: adapters of the payout half of :class:`tuika.refunds.gateway.RefundGateway`."""
