"""Redis: a pool that fails fast and recovers, locks, scripts, a stand-in for development."""
