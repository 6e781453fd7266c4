"""A package, so that `tests.support` is this one whatever tests a package of `packages/` has."""
