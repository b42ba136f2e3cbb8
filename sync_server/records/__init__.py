"""The logs as received: heads, branches, records, epoch and anchor."""
