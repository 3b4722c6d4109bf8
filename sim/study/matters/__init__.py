"""What matters: which inputs drive an outcome, in which region it comes about, which lever moves it most."""
