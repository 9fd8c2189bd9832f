"""The edge that speaks HTTP: buyers, desk, service and demo doors."""
