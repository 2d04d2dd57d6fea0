"""What customers are expected to buy: purchase-history models by maximum likelihood, on arrays alone."""
