"""THE BACKEND THREAD: frozen requests and replies, tasks as generators, and the one thread that runs them."""
