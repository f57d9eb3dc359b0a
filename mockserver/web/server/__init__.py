"""The HTTP server: uvicorn, its protocol with limits, and the lifespan."""
