"""All tests, by their distance from the code: unit, properties, contract, integration, acceptance, faults, web."""
