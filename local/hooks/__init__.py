"""What azd runs before and after its own steps: check the subscription, wait for a new role, subscribe to events.

One program for every shell; the scripts in scripts/ only start it. It needs the standard library and the Azure CLI, and
runs on the Python that the machine happens to have.
"""
