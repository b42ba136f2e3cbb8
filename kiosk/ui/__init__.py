"""What a person sees and touches. Screens show a presenter's View; widgets draw; `shaping` turns text into pixels."""
