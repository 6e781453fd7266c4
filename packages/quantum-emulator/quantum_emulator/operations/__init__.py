"""The operations of the workspace's data plane: plain values in and out, `ServiceError` for refusals."""
