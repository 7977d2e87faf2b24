"""A stack's template: a pure function of a project, a stage and a release."""
