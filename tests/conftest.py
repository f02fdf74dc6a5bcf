"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# Machines that run them are shared and noisy: what is true is asserted, not how long it takes to be found true.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")
