"""Pictures and films into files: encoders, and the off-screen painting that feeds them."""
