"""The calls to the outside: one function a file, each safe to be made twice."""
