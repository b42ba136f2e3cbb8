"""The devices: enrolment, keys, health, revocation, alarms."""
