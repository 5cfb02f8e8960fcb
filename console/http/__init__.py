"""HTTP below Django: request bodies are read, and responses sent, without holding a thread."""
