"""What tests share: databases, servers, clients; and tools that are run by hand."""
