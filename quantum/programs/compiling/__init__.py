"""What runs in the compiler's box: languages to QIR. Imported by no door and no activity."""
