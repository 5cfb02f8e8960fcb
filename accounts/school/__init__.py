"""School settings: data, keys, licence, callback address, retention, and visits of operators."""
