def cosine_similarities(A, B):
    return A @ B.T
