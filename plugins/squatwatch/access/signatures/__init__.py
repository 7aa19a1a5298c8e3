"""AWS Signature Version 4: whether a request is signed, fresh, unchanged and not seen before."""
