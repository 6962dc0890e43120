"""Pages of the exchange: nodes, mounted tables, flows, alarms."""
