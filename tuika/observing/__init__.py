"""What the product tells about itself: metrics for Prometheus, traces for OpenTelemetry.

``meters`` times the stages of a process; ``standing`` counts rows when somebody asks; ``shops`` measures calls to
shops from outside their adapters; ``tracing`` is the extra. Nothing here is needed for the product to work.
"""
