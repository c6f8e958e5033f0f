# -*- coding: utf-8 -*-
from numpy import *
import sys, os, random
def softmax_jacobian(z):
	s=exp(z-max(z)); s=s/sum(s)
	return diag(s)-outer(s,s)
def cross_entropy_gradients(W,b,x,y):
	z=dot(x,W)+b; a=exp(z-max(z)); a=a/sum(a)
	da=zeros(len(a)); da[y]=-1/a[y]
	dz=a.copy(); dz[y]-=1
	return (da,dz,outer(x,dz),dz.copy())
def softmax_loss_naive(W,X,y,reg):
	l=0.; g=zeros(W.shape); n=len(X)
	for k in range(n):
		z=dot(X[k],W); z=z-max(z); t=log(sum(exp(z)))
		l+=t-z[y[k]]
		p=exp(z-t); p[y[k]]-=1
		g+=outer(X[k],p)
	l/=n; g/=n
	return l+reg*sum(W*W),g+2*reg*W
def softmax_loss_vectorized(W,X,y,reg):
	n=len(X); r=arange(n); z=dot(X,W); z=z-amax(z,axis=1)[:,newaxis]; t=log(sum(exp(z),axis=1))
	l=sum(t-z[r,y])/n+reg*sum(W*W)
	p=exp(z-t[:,newaxis]); p[r,y]-=1
	return l,dot(X.T,p)/n+2*reg*W
if __name__=='__main__':
	W=random.randn(4,3); X=random.randn(7,4); y=random.randint(0,3,7)
	a,b=softmax_loss_naive(W,X,y,.1); c,d=softmax_loss_vectorized(W,X,y,.1); print(a-c,abs(b-d).max()); sys.exit(0)
