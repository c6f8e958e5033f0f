# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---
# %% [markdown] question="q60"
# The cosine of the angle between two vectors does not change when either is stretched:
#
# $$S_{ij} = \frac{a_i \cdot b_j}{\lVert a_i \rVert \thinspace \lVert b_j \rVert}$$
#
# Write it for all rows of $A$ and $B$ at once. A vector of zeros has no direction: let its similarities be 0.

# %% slot="cosine_similarities"

# %% checks="q60"
check("q60")
