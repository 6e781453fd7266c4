"""The hooks of azd: check the subscription, wait for a new role, subscribe to events.

One program for every shell; the scripts in scripts/ only start it. It needs the standard library and the Azure CLI, and
runs on any Python of the machine.
"""
