"""Plans: several scenarios in order, kept in an address, with what they cover of a goal, suggestions and exports."""
