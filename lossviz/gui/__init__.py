"""The window: a session holds the state, panels show and edit it, views draw it, the backend thread computes."""
