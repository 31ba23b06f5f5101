"""Tests of the service, through its public doors where there is one."""
