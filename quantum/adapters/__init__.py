"""The adapters: implementations of the ports on SDKs, REST and child processes."""
