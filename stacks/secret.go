package stacks

// FingerprintKey is the name of the secret that keys the fingerprints of all
// others. It is of class External: both stacks hold the same value, so that
// what one stack published can be compared on the other.
const FingerprintKey = "CRANE_FINGERPRINT_KEY"
