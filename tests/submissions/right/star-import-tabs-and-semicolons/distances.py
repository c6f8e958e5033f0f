from numpy import *
def pairwise_squared_distances(A,B):
	A=A.astype(float64); B=B.astype(float64)
	a=sum(A*A,axis=1); b=sum(B*B,axis=1)
	P=a[:,newaxis]+b-2*dot(A,B.T)
	return where(P<0,0,P)
