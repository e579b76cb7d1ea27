"""Message to signature: masking, wrapper and core, fingerprint, mining. Takes texts; gives signatures; knows no clusters."""
