"""The operations of the workspace's data plane: plain values in, plain values out, `ServiceError` for the rest."""
