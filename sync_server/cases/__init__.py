"""What staff do about what citizens filed: deadlines, answers, states."""
