"""Claims on seats: who asks, who holds, until when."""
