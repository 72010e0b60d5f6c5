"""What all tests need, however they are started."""

import signal

# A shell lets its background jobs ignore Ctrl+C, and whatever they start inherits that: the tests of interrupts would wait.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
